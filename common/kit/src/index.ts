/**
 * How any process is made. It knows nothing of what the services are about.
 * Beside it stand `@blog/kit/state` (database, outbox, relay: what a service with state of its own needs) and
 * `@blog/kit/rendering` (Markdown, in a thread of its own), apart so that a process loads only what it uses.
 */

// Settings, log, life
export {
  blogNameSetting,
  ConfigError,
  dataDirSetting,
  portSetting,
  processSettings,
  readConfig,
  secretsSetting,
  urlListSetting,
  publicUrlSetting,
  urlSetting,
} from './config';
export { createLogger, type Logger, silentLogger } from './logger';
export { type ProcessParts, runProcess } from './run-process';
export { createLifecycle, type Lifecycle } from './lifecycle';
export { openWhenFree } from './open-when-free';
export { createHistogram } from './histogram';
export { Counter, createMetrics, Gauge, Registry } from './metrics';

// HTTP
export { createServiceApp, finishApp, mountRoutes, type Routes, type ServiceAppOptions } from './service-app';
export { openApi, type OpenApiDocument, type Operation, type RouteTable } from './openapi';
export { createRequestTracker, type TrackRequest } from './track-requests';
export { deepestNesting, isNestedDeeperThan, jsonBody, parseJson } from './json-body';
export { type RunningServer, startServer } from './server';
export { bindPort, type BoundPort } from './bind-port';
export {
  Conflict,
  Damaged,
  type Fault,
  Forbidden,
  InvalidInput,
  MeaningfulError,
  NotFound,
  PreconditionFailed,
  PreconditionRequired,
  TooLarge,
  TooManyRequests,
  Unauthorized,
  Unavailable,
  Unprocessable,
  UnsupportedMedia,
} from './errors';
export {
  faultsOf,
  formatPath,
  Problem,
  problem,
  problemHandler,
  problemOf,
  sendError,
  sendProblem,
} from './problem-json';
export { requireVersion, setVersion } from './conditional';
export { countWithin, encodeCursor, linkNext, type Page, pageOf, pageQuery, type Place } from './pages';

// Who may come in, and whose address counts
export { isFromPage, refusePages } from './doors/browsers';
export { guardServer } from './doors/guard-server';
export { createHostCheck, type HostCheck, type HostRules, listensHereOnly } from './doors/hosts';
export { metricsDoor } from './doors/metrics-door';
export { forwardedFor, readerAddress, readerNetwork, trustProxies } from './doors/reader-address';
export { type Doors, doorSettings, doorsOf } from './doors/settings';
export { isProgramHere } from './doors/this-machine';
export { createThrottle, takeOfAll, type Throttle } from './doors/throttle';

// Who may do what
export {
  type Audience,
  type Auth,
  authOf,
  authSettings,
  bearerOf,
  createAuth,
  createTokenVerifier,
  type Identity,
  longestLife,
  type Role,
  roles,
  signToken,
  type Verified,
  warnOfOldSecret,
} from './auth';
export {
  type PrivateKey,
  privateKeySetting,
  type PublicKey,
  publicKeysSetting,
  readPrivateKey,
  readPublicKey,
} from './auth-keys';

// Signatures
export { createSigner, createVerifier, type Signer, type Verifier } from './signatures';

// Events
export {
  anyId,
  type Cause,
  type Envelope,
  type Fact,
  isPlainText,
  newEvent,
  newId,
  ReceivedEnvelope,
} from './envelope';
