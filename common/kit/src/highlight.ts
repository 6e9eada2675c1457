import hljs from 'highlight.js/lib/common';

/** Code of a text beyond so many characters has no colours: rules of some languages take time with its square or cube. */
export const mostHighlighted = 20_000;
/**
 * No rule sees more than so many characters at once, which bounds the square and the cube. A longer line would have to be
 * cut inside a word.
 */
const longestPiece = 500;
/** What colours may make of code: numbers in a row would grow to seventeen times their length. */
const mostGrowth = 8;
/** Begins a piece. No Markdown holds it: the parser puts U+FFFD in its place. */
const pieceBegins = '\0';

/** Gives code as HTML with colours, or '' if it has to go without. Make a new one for each text: it counts. */
export function createHighlighter(): (code: string, language: string) => string {
  let left = mostHighlighted;
  return (code, language) => {
    if (code.length > left || !hljs.getLanguage(language)) return '';
    const pieces = piecesOf(code);
    if (!pieces) return '';
    left -= code.length;
    const html = pieces.length < 2 ? highlight(code, language) : highlightPieces(pieces, language);
    return html.length > mostGrowth * code.length + longestPiece ? '' : html;
  };
}

function highlight(code: string, language: string): string {
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

/** The code cut between lines; undefined if a line is longer than a piece. */
function piecesOf(code: string): string[] | undefined {
  const pieces: string[] = [];
  let piece = '';
  for (const line of code.split(/(?<=\n)/)) {
    if (line.length > longestPiece) return undefined;
    if (piece.length + line.length > longestPiece) {
      pieces.push(piece);
      piece = '';
    }
    piece += line;
  }
  return [...pieces, piece];
}

/**
 * Each piece goes on in the state that the one before ended with (inside a comment, a string …): that is what
 * highlight.js does with the parts of a language inside another one.
 */
function highlightPieces(pieces: readonly string[], language: string): string {
  const inPieces = `${language} in pieces`;
  if (!hljs.getLanguage(inPieces)) {
    // A language inside another one has to be called by its own name, and not by another one that it has.
    const subLanguage = hljs.listLanguages().find((name) => hljs.getLanguage(name) === hljs.getLanguage(language));
    hljs.registerLanguage(inPieces, () => ({
      contains: [{ begin: pieceBegins, end: new RegExp(`(?=${pieceBegins})`), excludeBegin: true, subLanguage }],
    }));
  }
  const code = pieces.map((piece) => pieceBegins + piece).join('');
  return highlight(code, inPieces)
    .replaceAll(pieceBegins, '')
    .replace(new RegExp(`<span class="language-[^"]*">`, 'g'), '<span>');
}
