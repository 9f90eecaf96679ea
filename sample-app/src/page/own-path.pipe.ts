import { Injectable, type PipeTransform } from '@nestjs/common';

const PATHS = ['/', '/cart', '/sign-in', '/devices'];

/** A page of the shop to go on to. Whatever else a link could name leads to the first one, and never to another site. */
@Injectable()
export class OwnPathPipe implements PipeTransform<unknown, string> {
  transform(path: unknown): string {
    return PATHS.find((own) => own === path) ?? '/';
  }
}
