type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `is<Expected>()(value)` compiles only if the type of the value is exactly the expected one. Never runs. */
export declare function is<Expected>(): <Actual>(
  actual: Actual,
  ...differs: Same<Actual, Expected> extends true ? [] : [{ expected: Expected; actual: Actual }]
) => void;
