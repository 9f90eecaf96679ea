import { BadRequestException, Body, Injectable, type PipeTransform, type Type } from '@nestjs/common';

@Injectable()
class TextPipe implements PipeTransform {
  transform(value: unknown): string {
    // What browsers send is a text; `name[a]=1` from elsewhere would be an object.
    if (typeof value !== 'string') throw new BadRequestException('A field of the form is missing.');
    return value;
  }
}

/** The text in a field of a posted form, and what pipes make of it. */
export const Field = (name: string, ...pipes: Type<PipeTransform>[]): ParameterDecorator =>
  Body(name, TextPipe, ...pipes);
