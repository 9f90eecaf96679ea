import { Injectable, NotFoundException, type PipeTransform } from '@nestjs/common';
import { findPrint, type Print } from './prints.js';

/** The print that a form names by its id. */
@Injectable()
export class PrintPipe implements PipeTransform<string, Print> {
  transform(id: string): Print {
    const print = findPrint(id);
    if (!print) throw new NotFoundException('There is no such print.');
    return print;
  }
}
