/** In tests a CSS module's class names are their own names. */
const classNames = new Proxy<Record<string, string>>(
  {},
  { get: (_target, name) => (name === '__esModule' ? undefined : String(name)) },
);

module.exports = classNames;
