import type { HttpServer } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

/**
 * Calls back with the adapter of an application as soon as it has one, so ahead of what main.ts adds to that; never where
 * there is no HTTP.
 */
export function onAdapter(host: HttpAdapterHost, attach: (adapter: HttpServer) => void): void {
  const take = (): void => {
    if (host.httpAdapter) attach(host.httpAdapter);
  };
  const { init$ }: Partial<HttpAdapterHost> = host;
  if (init$) init$.subscribe(take);
  else if (host.httpAdapter) take();
  else onceSet(host, 'httpAdapter', take);
}

/** For Nest before 11.1.4, which does not tell. Only in tests the modules are there before the adapter is. */
function onceSet(target: object, name: string, then: () => void): void {
  Object.defineProperty(target, name, {
    configurable: true,
    get: () => undefined,
    set: (value: unknown) => {
      Reflect.deleteProperty(target, name);
      Reflect.set(target, name, value);
      then();
    },
  });
}
