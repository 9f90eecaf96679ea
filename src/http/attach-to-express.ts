import type { ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import type { Begin, RawRequest } from './http-messages.js';

/** Through the prototype of all requests, which costs a request nothing. */
export function attachToExpress(
  adapter: HttpServer,
  properties: PropertyDescriptorMap,
  begin: Begin | undefined,
): void {
  const { request } = adapter.getInstance() as { readonly request: object };
  Object.defineProperties(request, properties);
  if (begin) adapter.use((incoming: RawRequest, _response: ServerResponse, next: () => void) => begin(incoming, next));
}
