import { InvalidInput } from '@blog/kit';

export const groupName = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** The group in a route's path. Throws InvalidInput where it can't be one. */
export function groupIn(params: Record<string, unknown>): string {
  const name = params['group'];
  if (typeof name === 'string' && groupName.test(name)) return name;
  const message = 'must be 1 to 64 letters, digits, dots, dashes or underscores';
  throw new InvalidInput([{ path: 'group', message }], 'The name of the group is not valid.');
}
