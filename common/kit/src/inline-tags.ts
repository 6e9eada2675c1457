import type MarkdownIt from 'markdown-it';

type Rule = Parameters<MarkdownIt.MarkdownIt['inline']['ruler']['push']>[1];
type State = Parameters<Rule>[0];

/** Where the last `</name>` of a text stands: found once for each text, as looking for it at every `<name>` takes its square. */
const lastClosings = new WeakMap<object, Map<string, number>>();

function lastClosing(state: State, name: string): number {
  const known = lastClosings.get(state) ?? new Map<string, number>();
  lastClosings.set(state, known);
  const place = known.get(name) ?? state.src.toLowerCase().lastIndexOf(`</${name}>`);
  known.set(name, place);
  return place;
}

/**
 * Lets these tags of HTML mean what they mean there, without any attribute: Markdown has nothing else for them. One that is
 * never closed is shown as the text that it is, as all other HTML is; `br` has no end.
 */
export function inlineTags(markdown: MarkdownIt.MarkdownIt, names: readonly string[]): void {
  const tag = new RegExp(`<(/?)(${names.join('|')})( ?/)?>`, 'iy');
  const openNames = new WeakMap<object, string[]>();
  const rule: Rule = (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
    tag.lastIndex = state.pos;
    const [whole, slash = '', given = '', isEmpty] = tag.exec(state.src) ?? [];
    if (whole === undefined) return false;
    const name = given.toLowerCase();
    const open = openNames.get(state) ?? [];
    openNames.set(state, open);
    if (name === 'br') {
      if (slash !== '') return false;
      if (!silent) state.push('hardbreak', 'br', 0);
    } else if (slash !== '') {
      if (open.at(-1) !== name) return false;
      if (!silent) {
        open.pop();
        state.push(`${name}_close`, name, -1);
      }
    } else {
      if (isEmpty !== undefined || lastClosing(state, name) < state.pos) return false;
      if (!silent) {
        open.push(name);
        state.push(`${name}_open`, name, 1);
      }
    }
    state.pos += whole.length;
    return true;
  };
  markdown.inline.ruler.push('inline_tags', rule);
}
