import { Forbidden, jsonBody } from '@blog/kit';
import type { RequestHandler } from 'express';
import type { Dispatcher } from '../delivery/dispatcher';
import { Fault } from '../faults/fault';
import type { Faults } from '../faults/faults';
import { groupIn } from './group-name';

/**
 * Faults on purpose, to see what the bus makes of them. 403 everywhere unless the bus was started with `FAULTS=on`.
 *   list     `GET /faults`: 200 `[{"group",…the fault,"startedAt","endsAt","counts"}]`
 *   put      `PUT /faults/:group` `{"stop":true}`, `{"delayMs","percent"?}`, `{"fail":"500"|"429"|"400"|"timeout","percent"?}`,
 *            `{"duplicate":<percent>}`, `{"reorderAcrossKeys":true}`, alone or together, with `"seconds"` (60; at most 600), after
 *            which it ends by itself: 200 the fault, instead of the group's last one; 400 names the field; 404 no such group
 *   end      `DELETE /faults/:group`: 204, and what failed is tried again at once; 404 where nothing goes wrong
 *   endAll   `DELETE /faults`: 204
 */
export function faultRoutes({
  faults,
  dispatcher,
}: {
  /** Undefined where they are off. */
  faults: Faults | undefined;
  dispatcher: Pick<Dispatcher, 'status'>;
}): { list: RequestHandler; put: RequestHandler[]; end: RequestHandler; endAll: RequestHandler } {
  function allowed(): Faults {
    if (faults) return faults;
    throw new Forbidden('Faults on purpose are off; start the bus with FAULTS=on to turn them on.');
  }
  return {
    list: (_req, res) => void res.json(allowed().list()),
    put: [
      (_req, _res, next) => {
        allowed();
        next();
      },
      ...jsonBody({ limit: 10_000 }),
      (req, res) => {
        const group = groupIn(req.params);
        const fault = Fault.parse(req.body);
        dispatcher.status(group);
        res.json(allowed().put(group, fault));
      },
    ],
    end(req, res) {
      allowed().end(groupIn(req.params));
      res.sendStatus(204);
    },
    endAll(_req, res) {
      allowed().endAll();
      res.sendStatus(204);
    },
  };
}
