import { Injectable, type PipeTransform } from '@nestjs/common';

/** `system`: whichever of the others the device is set to. */
export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** A theme from a cookie or a form. Anything else that visitors send is none. */
@Injectable()
export class ThemePipe implements PipeTransform<unknown, Theme> {
  transform(value: unknown): Theme {
    return THEMES.find((theme) => theme === value) ?? 'system';
  }
}
