import { BadRequestException, Body } from '@nestjs/common';

/** A text in the body of the request. */
export const Text = (name: string): ParameterDecorator =>
  Body(name, {
    transform(value: unknown): string {
      // JSON may hold an object where a text is expected, and not every query means the same by it.
      if (typeof value === 'string' && value !== '') return value;
      throw new BadRequestException(`"${name}" is missing.`);
    },
  });
