package dev.baton.supervisor.runtime;

import dev.baton.supervisor.journal.Journal;
import dev.baton.supervisor.loop.Loop;
import dev.baton.supervisor.openserver.OpenServer;
import dev.baton.supervisor.store.FdStore;
import dev.baton.sys.Posix;
import java.nio.file.Path;

/**
 * What all pools of one supervisor share.
 *
 * @param state what the next supervisor would go on with
 * @param adoption path of the socket for workers that lost their supervisor
 */
public record Surroundings(
    Posix posix,
    Loop loop,
    FdStore store,
    WorkerStarter starter,
    StartGate gate,
    Journal journal,
    OpenServer openServer,
    StateBook state,
    Path adoption) {}
