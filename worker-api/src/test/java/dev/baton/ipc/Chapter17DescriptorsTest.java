package dev.baton.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.fd.Adoption;
import dev.baton.fd.OwnedFd;
import dev.baton.sys.Constants;
import dev.baton.sys.Posix;
import dev.baton.sys.SysException;
import dev.baton.testkit.FdLeakCheck;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Passing descriptors (APUE 17.4) between this process and one in Python, which knows nothing of us
 * but the form of a message: text, a NUL, and a byte that is 0 or an error code.
 */
@ExtendWith(FdLeakCheck.class)
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Chapter17DescriptorsTest {
  /** The chapter's three functions over descriptor 3, as {@code docs/ipc.md} has them. */
  private static final String FUNCTIONS = Peers.pythonOf("ipc.md");

  private final Posix posix = Posix.system();

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void write() throws Exception {
    path = Files.writeString(folder.resolve("file"), "0123456789");
  }

  /** A peer at the other end of a socket of ours. */
  private record Session(DescriptorSocket socket, Peers.Peer peer) implements AutoCloseable {
    @Override
    public void close() {
      socket.close();
    }
  }

  private Session start(SocketType type, String program) throws Exception {
    SocketPair.Ends<OwnedFd> ends = SocketPair.open(type);
    DescriptorSocket socket = DescriptorSocket.of(ends.first());
    try (OwnedFd theirs = ends.second()) {
      Peers.Peer peer =
          Peers.start(posix, folder, FUNCTIONS + program, List.of(path.toString()), theirs);
      return new Session(socket, peer);
    }
  }

  private OwnedFd open(int flags) throws SysException {
    return OwnedFd.of(posix, posix.open(path.toString(), flags, 0), "file");
  }

  private static String read(FileChannel channel, int bytes) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    channel.read(buffer);
    return new String(buffer.array(), 0, buffer.position(), UTF_8);
  }

  /** One open file, one offset: each process reads on where the other has stopped. */
  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void theOffsetIsSharedBetweenProcesses(SocketType type) throws Exception {
    String program =
        """
        fd = os.open(sys.argv[1], os.O_RDWR)
        os.read(fd, 3)
        send_fd(fd, b'file')
        theirs, text = recv_fd()
        print(text, os.read(fd, 2).decode(), os.read(theirs, 1).decode())
        """;
    try (Session session = start(type, program);
        Passed passed = session.socket().receive();
        OwnedFd ours = open(Constants.O_RDONLY)) {
      assertEquals("file", passed.text());
      try (FileChannel channel = Adoption.file(passed.take(), true, true)) {
        assertEquals(3, channel.position());
        assertEquals("34", read(channel, 2));
        session.socket().send(ours, "ours");
        assertEquals("ours 56 0", session.peer().end());
        assertEquals(7, channel.position());
      }
      assertEquals(1, ours.<Long, SysException>borrow(n -> posix.lseek(n, 0, 1)));
    }
  }

  /** In flight, the file lives without a process that has it open, and without a name. */
  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void itSurvivesTheSenderWhileItIsInFlight(SocketType type) throws Exception {
    String program =
        """
        fd = os.open(sys.argv[1], os.O_RDONLY)
        os.lseek(fd, 4, os.SEEK_SET)
        send_fd(fd)
        os.close(fd)
        os.unlink(sys.argv[1])
        """;
    try (Session session = start(type, program)) {
      session.peer().end();
      assertFalse(Files.exists(path));
      try (FileChannel channel = Adoption.file(session.socket().receive().take(), true, false)) {
        assertEquals("456789", read(channel, 10));
      }
      assertThrows(EOFException.class, () -> session.socket().receive());
    }
  }

  /** "Closing the descriptor by the sender doesn't really close the file": ours, this time. */
  @Test
  void theSenderMayCloseAtOnce() throws Exception {
    String program =
        """
        fd, text = recv_fd()
        print(os.pread(fd, 10, 0).decode(), text)
        """;
    try (Session session = start(SocketType.STREAM, program)) {
      try (OwnedFd file = open(Constants.O_RDONLY)) {
        session.socket().send(file, "grüße");
      }
      assertEquals("0123456789 grüße", session.peer().end());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SEQPACKET"})
  void anErrorComesInsteadOfADescriptor(SocketType type) throws Exception {
    String program =
        """
        send_err(13, b'not that file')
        print(*recv_fd())
        """;
    try (Session session = start(type, program)) {
      RefusedException refused =
          assertThrows(RefusedException.class, () -> session.socket().receive().take());
      assertEquals(13, refused.code());
      assertEquals("not that file", refused.text());
      assertEquals("refused with code 13: not that file", refused.getMessage());
      session.socket().sendError(255, "nor that one");
      assertEquals("-255 nor that one", session.peer().end());
    }
  }

  /** The chapter's send_err writes the text and the code apart. */
  @Test
  void aStreamMayCutMessagesAnywhere() throws Exception {
    String program =
        """
        for part in (b'no', b' such\\0', bytes([2]) + b'nor', b'\\0\\3'):
            s.send(part)
        fd = os.open(sys.argv[1], os.O_RDONLY)
        s.send(b'na')
        send_fd(fd, b'me')
        """;
    try (Session session = start(SocketType.STREAM, program)) {
      for (String expected : List.of("refused with code 2: no such", "refused with code 3: nor")) {
        try (Passed passed = session.socket().receive()) {
          assertEquals(expected, passed.toString());
        }
      }
      try (Passed passed = session.socket().receive()) {
        assertEquals("name", passed.text());
        assertFalse(passed.refused());
      }
      session.peer().end();
    }
  }

  @Test
  void aConnectedSocketIsPassedLikeAFile() throws Exception {
    String program =
        """
        fd, _ = recv_fd()
        connection = socket.socket(fileno=fd)
        connection.sendall(b'from python: ' + connection.recv(100))
        """;
    try (Session session = start(SocketType.SEQPACKET, program)) {
      SocketPair.Ends<OwnedFd> connection = SocketPair.open(SocketType.STREAM);
      try (SocketChannel client = Adoption.socket(connection.first());
          OwnedFd served = connection.second()) {
        session.socket().send(served);
        served.take("sent").close();
        client.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
        ByteBuffer answer = ByteBuffer.allocate(100);
        while (client.read(answer) > 0) {
          assertTrue(answer.hasRemaining());
        }
        assertEquals("from python: hello", new String(answer.array(), 0, answer.position(), UTF_8));
      }
      session.peer().end();
    }
  }

  /** The three together: a named server hands every client an open file. */
  @Test
  void aServerHandsOutFilesAtANamedSocket() throws Exception {
    Path name = folder.resolve("files");
    try (UnixServer server = UnixServer.listen(name)) {
      Peers.Peer peer =
          Peers.start(
              posix,
              folder,
              """
              s = socket.socket(socket.AF_UNIX)
              s.connect(sys.argv[1])
              message, fds, _, _ = socket.recv_fds(s, 4098, 1)
              print(os.read(fds[0], 4).decode())
              """,
              List.of(name.toString()));
      try (UnixConnection client = server.accept()) {
        assertEquals(peer.pid(), client.peer().pid());
        try (DescriptorSocket socket = client.toDescriptors();
            OwnedFd file = open(Constants.O_RDONLY)) {
          socket.send(file);
          assertEquals("0123", peer.end());
        }
      }
    }
  }
}
