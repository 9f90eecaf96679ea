/** Markup that is safe to send: all that was put into it has been escaped. */
export class Html {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Part = Html | string | number | undefined | false;

/**
 * Markup from a template. Texts in it are escaped, for element content and for attributes in quotes; markup and lists of
 * it are taken as they are; `undefined` and `false` are left out.
 */
export function html(texts: TemplateStringsArray, ...parts: (Part | readonly Html[])[]): Html {
  return new Html(String.raw({ raw: texts }, ...parts.map(render)));
}

function render(part: Part | readonly Html[]): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  return typeof part === 'object' ? part.join('\n') : String(part).replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
