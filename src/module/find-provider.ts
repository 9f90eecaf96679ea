import { Inject, Injectable, type InjectionToken, Optional } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/** A provider that this module can see, awaited when it is still being made; undefined when there is none. */
export async function findProvider(modules: ModuleRef, token: InjectionToken): Promise<unknown> {
  @Injectable()
  class Seeker {
    constructor(@Optional() @Inject(token) readonly found?: unknown) {}
  }
  return (await modules.create(Seeker)).found;
}
