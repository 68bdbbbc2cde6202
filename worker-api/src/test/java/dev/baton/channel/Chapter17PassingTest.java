package dev.baton.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Errno;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What APUE says about passing descriptors (section 17.4, figure 17.11), shown to be so here: what
 * is passed is a pointer to the same entry in the file table, under a number of the receiver's own.
 */
@ExtendWith(FdLeakCheck.class)
class Chapter17PassingTest {
  private static final byte[] HERE = {'!'};

  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path path;
  private Channels.Sockets sockets;

  @BeforeEach
  void open() throws Exception {
    path = Files.writeString(folder.resolve("file"), "0123456789");
    sockets = Channels.Sockets.open(posix);
  }

  @AfterEach
  void close() {
    sockets.close();
  }

  private OwnedFd file() throws SysException {
    return OwnedFd.of(posix, posix.open(path.toString(), Constants.O_RDWR, 0), "file");
  }

  private OwnedFd receive() throws Exception {
    try (Frame frame = sockets.b().receive(true).orElseThrow()) {
      assertEquals(1, frame.fds().size());
      return frame.fds().take(0, "passed file");
    }
  }

  private long offset(OwnedFd fd) throws SysException {
    return fd.borrow(n -> posix.lseek(n, 0, Constants.SEEK_CUR));
  }

  @Test
  void senderAndReceiverShareTheFileOffset() throws Exception {
    try (OwnedFd sent = file()) {
      sent.borrow(n -> posix.lseek(n, 3, Constants.SEEK_SET));
      assertTrue(sockets.a().send(HERE, List.of(sent)));
      try (FileChannel received = Adoption.file(receive(), true, true)) {
        assertEquals(3, received.position());
        ByteBuffer two = ByteBuffer.allocate(2);
        received.read(two);
        assertEquals("34", new String(two.array(), UTF_8));
        assertEquals(5, offset(sent), "the receiver's read moved the sender's offset");
        byte[] next = new byte[1];
        sent.borrow(n -> posix.read(n, next));
        assertEquals('5', next[0]);
        assertEquals(6, received.position(), "and the other way round");
        received.write(ByteBuffer.wrap("X".getBytes(UTF_8)));
        assertEquals(7, offset(sent));
      }
    }
    assertEquals("012345X789", Files.readString(path));
  }

  /** The difference: a second open of the same file has an entry, and an offset, of its own. */
  @Test
  void anotherOpenOfTheSameFileDoesNotShareTheOffset() throws Exception {
    try (OwnedFd one = file();
        OwnedFd two = file()) {
      one.borrow(n -> posix.lseek(n, 3, Constants.SEEK_SET));
      assertEquals(0, offset(two));
    }
  }

  @Test
  void aDescriptorInFlightStaysAliveAfterTheSenderClosedIt() throws Exception {
    OwnedFd sent = file();
    sent.borrow(n -> posix.lseek(n, 4, Constants.SEEK_SET));
    assertTrue(sockets.a().send(HERE, List.of(sent)));
    sent.close();
    Files.delete(path);
    assertFalse(openHere(), "in flight, no process has a number for it");
    try (FileChannel received = Adoption.file(receive(), true, false)) {
      ByteBuffer rest = ByteBuffer.allocate(6);
      received.read(rest);
      assertEquals("456789", new String(rest.array(), UTF_8));
    }
  }

  private boolean openHere() throws Exception {
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry)
            && Files.readSymbolicLink(entry).toString().startsWith(path.toString())) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void theNumberMayDiffer() throws Exception {
    try (OwnedFd sent = file()) {
      sockets.a().send(HERE, List.of(sent));
      try (OwnedFd received = receive()) {
        assertNotEquals(sent.numberDoNotKeep(), received.numberDoNotKeep());
      }
    }
  }

  @Test
  void closingOneDoesNotCloseTheOther() throws Exception {
    try (OwnedFd sent = file()) {
      sockets.a().send(HERE, List.of(sent));
      OwnedFd received = receive();
      int number = sent.numberDoNotKeep();
      sent.take("closed first").close();
      SysException gone = assertThrows(SysException.class, () -> posix.statusFlags(number));
      assertEquals(Errno.EBADF, gone.errno());
      try (FileChannel channel = Adoption.file(received, true, true)) {
        assertEquals(10, channel.size());
        assertEquals(1, channel.write(ByteBuffer.wrap("Y".getBytes(UTF_8))));
      }
    }
    assertEquals("Y123456789", Files.readString(path));
  }

  /** And flags that belong to the number, not to the file table entry, are not passed. */
  @Test
  void theReceiversNumberIsCloseOnExecAndTheStatusFlagsAreShared() throws Exception {
    try (OwnedFd sent = file()) {
      sockets.a().send(HERE, List.of(sent));
      try (OwnedFd received = receive()) {
        assertTrue(received.<Boolean, SysException>borrow(posix::closeOnExec));
        int flags = Constants.O_RDWR | Constants.O_APPEND;
        received.use(n -> posix.setStatusFlags(n, flags));
        int seen = sent.<Integer, SysException>borrow(posix::statusFlags);
        assertEquals(Constants.O_APPEND, seen & Constants.O_APPEND);
      }
    }
  }
}
