package dev.baton.supervisor.admin;

import java.util.List;

/**
 * What came of opening the workers' logs anew.
 *
 * @param reopened how many workers write to the file that has their name now
 * @param problems of the others, in words, each with its worker
 */
public record ReopenView(int reopened, List<String> problems) {}
