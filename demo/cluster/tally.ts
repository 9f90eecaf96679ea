/** What came of all requests, and of what they were promised. */
export class Tally {
  requests = 0;
  /** Answers by status; 0 where there was none. */
  readonly answers = new Map<number, number>();
  /** Changes that were confirmed and are not there. */
  lostUpdates = 0;
  /** Sessions that were seen again after their logout was confirmed. */
  resurrected = 0;
  /** Sessions whose data and end were looked at. */
  sessions = 0;
  /** What was found wrong first. */
  readonly findings: string[] = [];

  count(status: number): void {
    this.requests++;
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
  }

  lost(updates: number, finding: string): void {
    this.lostUpdates += updates;
    this.findings.push(finding);
  }

  rose(finding: string): void {
    this.resurrected++;
    this.findings.push(finding);
  }

  get isClean(): boolean {
    return this.lostUpdates === 0 && this.resurrected === 0;
  }

  describe(): string {
    const answers = [...this.answers]
      .toSorted(([one], [other]) => one - other)
      .map(([status, count]) => `${status === 0 ? 'none' : status}: ${count}`);
    return [
      `  requests              ${this.requests} (answers by status: ${answers.join(', ')})`,
      `  sessions from login to logout  ${this.sessions}`,
      `  lost updates          ${this.lostUpdates}`,
      `  resurrected sessions  ${this.resurrected}`,
      ...this.findings.slice(0, 5).map((finding) => `  ${finding}`),
    ].join('\n');
  }
}
