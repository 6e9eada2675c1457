/** A definition that is used again and again: of 120,000 characters 225,000,000 would become. */
export const multiplying = (length: number): string =>
  `[a]: ${'x'.repeat(length / 2)}\n\n${'[a] '.repeat(length / 8)}`.slice(0, length);

/** Bodies of posts, each of which a parser, a highlighter or a list could spend seconds or hundreds of megabytes on. */
export const hostileBodies: Record<string, string> = {
  references: multiplying(120_000),
  code: `\`\`\`xml\n${'<a><b>'.repeat(30_000)}\n\`\`\``,
  'sharp code': `\`\`\`csharp\n${'<a>\nlet a'.repeat(2_000)}\n\`\`\``,
  quotes: '> '.repeat(90_000),
  slashes: '//a.b/'.repeat(30_000),
  images: `${'!['.repeat(28_000)}a${'](b)'.repeat(28_000)}`,
};
