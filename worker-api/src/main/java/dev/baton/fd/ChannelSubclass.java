package dev.baton.fd;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_SYNTHETIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKEINTERFACE;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.PUTFIELD;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * A subclass, written at run time, of one of the JDK's own channel classes, some of whose methods
 * ask functions of ours. A delegating wrapper is not possible: a {@code Selector} takes the JDK's
 * classes alone.
 *
 * <p>The class lies in {@code sun.nio.ch}, is seen by the boot loader, and so knows the JDK's types
 * only; it is defined once in a JVM, whoever asks. Its constructor takes what its parent's takes,
 * and then one function for each overridden method, in their order. The functions may throw what
 * the methods declare.
 */
final class ChannelSubclass {
  private static final String PACKAGE = "sun/nio/ch/";

  /** A method to override. */
  private record Overridden(String name, MethodType type) {
    /** The type of the function that is asked instead. */
    Class<?> function() {
      if (type.returnType() == void.class) {
        return Runnable.class;
      }
      switch (type.parameterCount()) {
        case 0:
          return Supplier.class;
        case 1:
          return type.parameterType(0) == long.class ? LongFunction.class : Function.class;
        default:
          return BiFunction.class;
      }
    }
  }

  private final String name;
  private final Class<?> parent;
  private final MethodType constructor;
  private final List<Overridden> methods = new ArrayList<>();

  private ChannelSubclass(String name, Class<?> parent, Class<?>... constructor) {
    this.name = PACKAGE + name;
    this.parent = parent;
    this.constructor = MethodType.methodType(void.class, constructor);
  }

  /**
   * Begins a description.
   *
   * @param name of the new class, without its package
   * @param parent the class to extend, of {@code sun.nio.ch}
   * @param constructor the parameters of the parent's constructor
   */
  static ChannelSubclass of(String name, Class<?> parent, Class<?>... constructor) {
    return new ChannelSubclass(name, parent, constructor);
  }

  /**
   * Overrides a method: one without a result and parameters asks a {@code Runnable}, one of a long
   * a {@code LongFunction}, others a {@code Supplier}, {@code Function} or {@code BiFunction}; an
   * int result comes as an {@code Integer}.
   */
  ChannelSubclass override(String method, Class<?> result, Class<?>... parameters) {
    methods.add(new Overridden(method, MethodType.methodType(result, parameters)));
    return this;
  }

  /** The class, defined now or before. */
  Class<?> define() throws ReflectiveOperationException {
    Class<?> before = defined();
    if (before != null) {
      return before;
    }
    try {
      return lookup(parent).defineClass(bytes());
    } catch (LinkageError e) {
      Class<?> meanwhile = defined();
      if (meanwhile == null) {
        throw e;
      }
      return meanwhile;
    }
  }

  /** A function of all the constructor's parameters. */
  static MethodHandle constructor(Class<?> subclass) throws ReflectiveOperationException {
    Constructor<?> only = subclass.getDeclaredConstructors()[0];
    return lookup(subclass).unreflectConstructor(only);
  }

  /** Looks into a class of {@code sun.nio.ch}, private members included. */
  static Lookup lookup(Class<?> type) throws IllegalAccessException {
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }

  /** Calls the method of {@code parent} that {@code subclass} overrides: (channel) to nothing. */
  static MethodHandle inherited(Class<?> subclass, Class<?> parent, String method)
      throws ReflectiveOperationException {
    return inherited(subclass, parent, method, MethodType.methodType(void.class));
  }

  /** The same of a method with parameters or a result, which follow the channel. */
  static MethodHandle inherited(Class<?> subclass, Class<?> parent, String method, MethodType type)
      throws ReflectiveOperationException {
    return lookup(subclass)
        .findSpecial(parent, method, type, subclass)
        .asType(type.insertParameterTypes(0, Object.class));
  }

  private Class<?> defined() {
    try {
      return Class.forName(name.replace('/', '.'), true, null);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private byte[] bytes() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    int access = ACC_FINAL | ACC_SYNTHETIC;
    writer.visit(V17, access, name, null, Type.getInternalName(parent), new String[0]);
    for (int i = 0; i < methods.size(); i++) {
      String type = Type.getDescriptor(methods.get(i).function());
      writer.visitField(ACC_PRIVATE | ACC_FINAL, field(i), type, null, null).visitEnd();
      writeMethod(writer, i);
    }
    writeConstructor(writer);
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static String field(int i) {
    return "function" + i;
  }

  /** The functions are in place before the parent's constructor runs. */
  private void writeConstructor(ClassWriter writer) {
    Class<?>[] functions = methods.stream().map(Overridden::function).toArray(Class<?>[]::new);
    MethodType all = constructor.appendParameterTypes(functions);
    MethodVisitor code = begin(writer, "<init>", all.toMethodDescriptorString());
    int slot = 1;
    for (Class<?> parameter : constructor.parameterArray()) {
      slot += Type.getType(parameter).getSize();
    }
    for (int i = 0; i < functions.length; i++) {
      code.visitVarInsn(ALOAD, 0);
      code.visitVarInsn(ALOAD, slot++);
      code.visitFieldInsn(PUTFIELD, name, field(i), Type.getDescriptor(functions[i]));
    }
    code.visitVarInsn(ALOAD, 0);
    load(code, constructor);
    code.visitMethodInsn(
        INVOKESPECIAL,
        Type.getInternalName(parent),
        "<init>",
        constructor.toMethodDescriptorString(),
        false);
    code.visitInsn(RETURN);
    end(code);
  }

  private void writeMethod(ClassWriter writer, int i) {
    Overridden method = methods.get(i);
    MethodVisitor code = begin(writer, method.name, method.type.toMethodDescriptorString());
    code.visitVarInsn(ALOAD, 0);
    code.visitFieldInsn(GETFIELD, name, field(i), Type.getDescriptor(method.function()));
    load(code, method.type);
    Method only = onlyMethod(method.function());
    code.visitMethodInsn(
        INVOKEINTERFACE,
        Type.getInternalName(method.function()),
        only.getName(),
        Type.getMethodDescriptor(only),
        true);
    writeResult(code, method.type.returnType());
    end(code);
  }

  private static void writeResult(MethodVisitor code, Class<?> result) {
    if (result == int.class) {
      code.visitTypeInsn(CHECKCAST, "java/lang/Integer");
      code.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Integer", "intValue", "()I", false);
    } else if (result != void.class && result != Object.class) {
      code.visitTypeInsn(CHECKCAST, Type.getInternalName(result));
    }
    code.visitInsn(Type.getType(result).getOpcode(IRETURN));
  }

  private static MethodVisitor begin(ClassWriter writer, String method, String descriptor) {
    MethodVisitor code = writer.visitMethod(ACC_PUBLIC, method, descriptor, null, null);
    code.visitCode();
    return code;
  }

  private static void load(MethodVisitor code, MethodType type) {
    int slot = 1;
    for (Class<?> parameter : type.parameterArray()) {
      Type t = Type.getType(parameter);
      code.visitVarInsn(t.getOpcode(ILOAD), slot);
      slot += t.getSize();
    }
  }

  private static void end(MethodVisitor code) {
    code.visitMaxs(0, 0); // computed
    code.visitEnd();
  }

  private static Method onlyMethod(Class<?> function) {
    for (Method m : function.getMethods()) {
      if (Modifier.isAbstract(m.getModifiers())) {
        return m;
      }
    }
    throw new IllegalArgumentException(function + " is no function");
  }
}
