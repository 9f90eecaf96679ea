import { GCProfiler } from 'node:v8';

/** What a server process used, from the operating system and from V8. */
export interface Reading {
  /** User and system time of all threads, in microseconds. */
  readonly cpu: number;
  /** Bytes that were allocated on the heap of JavaScript, freed again or not. */
  readonly allocated: number;
}

/**
 * Measures a stretch of a process. Allocations are counted without holding up garbage collection: the heap after each
 * collection is taken from the heap before the next one.
 */
export class Meter {
  #cpu = process.cpuUsage();
  #heap = 0;
  #collections = new GCProfiler();

  begin(): void {
    this.#collections = new GCProfiler();
    this.#collections.start();
    this.#heap = process.memoryUsage().heapUsed;
    this.#cpu = process.cpuUsage();
  }

  end(): Reading {
    const { user, system } = process.cpuUsage(this.#cpu);
    const heapAtEnd = process.memoryUsage().heapUsed;
    let heap = this.#heap;
    let allocated = 0;
    for (const { beforeGC, afterGC } of this.#collections.stop()?.statistics ?? []) {
      allocated += beforeGC.heapStatistics.usedHeapSize - heap;
      heap = afterGC.heapStatistics.usedHeapSize;
    }
    return { cpu: user + system, allocated: allocated + heapAtEnd - heap };
  }
}
