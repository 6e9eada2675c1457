/** Where a Chromium (or Chrome, Edge) is for the browser tests. (CommonJS, so that jest can load it too.) */
const { existsSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const usualPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => [
    join(process.env[name] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
    join(process.env[name] ?? '', 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ]),
};

/** The path of a browser's executable: CHROMIUM_PATH, or the first found on PATH or in the usual places; else undefined. */
function findChromium(env = process.env) {
  const asked = env.CHROMIUM_PATH ?? '';
  if (asked !== '') return existsSync(asked) ? asked : undefined;
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => commands.map((name) => join(folder, name)));
  return [...onPath, ...(usualPlaces[process.platform] ?? [])].find((path) => existsSync(path));
}

module.exports = { findChromium };
