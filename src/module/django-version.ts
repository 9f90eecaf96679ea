/** A version of Django. A part that is not given is not known. */
export class DjangoVersion {
  private constructor(
    private readonly major: number,
    private readonly minor: number,
    private readonly patch: number,
  ) {}

  /** Undefined for what is no version. */
  static parse(text: unknown): DjangoVersion | undefined {
    const [, major, minor = 0, patch = 0] = /^(\d+)(?:\.(\d+)(?:\.(\d+)|[a-z]\w*)?)?$/.exec(String(text)) ?? [];
    return major === undefined ? undefined : new DjangoVersion(Number(major), Number(minor), Number(patch));
  }

  isAtLeast(major: number, minor: number, patch = 0): boolean {
    return (this.major - major || this.minor - minor || this.patch - patch) >= 0;
  }

  /** Whether it surely knows the salt of signed cookies that came with CVE-2026-6873. */
  get readsCookiesOfVersion2(): boolean {
    if (this.major === 5) return this.isAtLeast(5, 2, 15);
    return this.isAtLeast(6, 0, 6);
  }
}
