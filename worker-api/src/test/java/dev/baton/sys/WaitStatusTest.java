package dev.baton.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.testkit.Children;
import dev.baton.testkit.FdLeakCheck;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(FdLeakCheck.class)
class WaitStatusTest {
  @TempDir Path folder;

  @Test
  void decodesTheKernelsWord() {
    assertEquals(new WaitStatus(0, 0, false), WaitStatus.decode(0));
    assertEquals(new WaitStatus(0, 3, false), WaitStatus.decode(0x0300));
    assertEquals(new WaitStatus(0, 255, false), WaitStatus.decode(0xff00));
    assertEquals(new WaitStatus(9, 0, false), WaitStatus.decode(9));
    assertEquals(new WaitStatus(6, 0, true), WaitStatus.decode(0x80 | 6));
    assertEquals(new WaitStatus(64, 0, false), WaitStatus.decode(64));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 111, 255})
  void exitCodesOfRealChildren(int code) throws Exception {
    assertEquals(new WaitStatus(0, code, false), run("exit " + code));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 15, 37})
  void signalsOfRealChildren(int signal) throws Exception {
    assertEquals(new WaitStatus(signal, 0, false), run("kill -" + signal + " $$; sleep 1000"));
  }

  private WaitStatus run(String script) throws Exception {
    Posix posix = Posix.system();
    List<String> command = List.of("/bin/sh", "-c", script);
    return Children.reap(posix, Children.spawn(posix, folder.resolve("out"), command));
  }
}
