/**
 * better-sqlite3: its version 13 where Node has what that needs (Node-API 10: from 22.14 on), else 12, the last one for
 * Node 20. A newer Node must not get 12: from 24.19 on it aborts the process where a statement of 12 is let go.
 */
const name = Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3';

function load() {
  try {
    return require(name);
  } catch (error) {
    const help = 'Install python3, make and a C++ compiler, delete node_modules, and install again.';
    throw new Error(`SQLite (${name}) can't be loaded for Node ${process.version}: ${error.message}\n${help}`, {
      cause: error,
    });
  }
}

module.exports = load();
