// The words of Python that no script binds.

/// They are no names.
export const keywords: ReadonlySet<string> = new Set(
  `
    False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield
  `
    .trim()
    .split(/\s+/),
);

/// Keywords in their place, names elsewhere.
export const softKeywords = ["case", "match", "type"] as const;

const kinds = {
  function: `
    __import__ abs aiter all anext any ascii bin breakpoint callable chr compile delattr dir
    divmod eval exec exit format getattr globals hasattr hash help hex id input isinstance
    issubclass iter len locals max min next oct open ord pow print quit repr round setattr
    sorted sum vars
  `,
  class: `
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
    BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError EncodingWarning EnvironmentError Exception ExceptionGroup
    FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
    ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError
    KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
    NotADirectoryError NotImplementedError OSError OverflowError PendingDeprecationWarning
    PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError
    ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError
    SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning
    UserWarning ValueError Warning ZeroDivisionError bool bytearray bytes classmethod
    complex dict enumerate filter float frozenset int list map memoryview object property range
    reversed set slice staticmethod str super tuple type zip
  `,
  constant: `
    Ellipsis NotImplemented __builtins__ __cached__ __debug__ __doc__ __file__ __loader__ __name__
    __package__ __spec__
  `,
};

/// The builtin names, and what each is.
export const builtins: ReadonlyMap<string, keyof typeof kinds> = new Map(
  Object.entries(kinds).flatMap(([kind, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map(name => [name, kind as keyof typeof kinds]),
  ),
);
