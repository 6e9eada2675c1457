const shown = 'The text is shown as it was typed:';

/** Why a preview shows a text as it was typed. The first three say the same of the text once it is sent. */
export const previewNotes = {
  nesting: `${shown} quotes, lists or emphasis are nested too deeply in it.`,
  parts: `${shown} it has too many lists, lines, tables or links.`,
  size: `${shown} its formatting would make it many times as long.`,
  time: `${shown} formatting it took too long.`,
  memory: `${shown} formatting it took too much memory.`,
  busy: `${shown} too many previews are being made now. Try again in a moment.`,
  ended: `${shown} it could not be formatted now. Try again in a moment.`,
  error: `${shown} it could not be formatted.`,
};
