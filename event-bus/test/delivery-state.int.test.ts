import { join } from 'node:path';
import { openSqliteDeliveryState } from '../src/delivery/sqlite-delivery-state';
import { deliveryStateContract } from './delivery-state.contract';
import { createMemoryDeliveryState } from './doubles/memory-delivery-state';
import { useFolder } from './use-folder';

describe('the delivery state in memory', () => {
  deliveryStateContract({ open: async () => createMemoryDeliveryState() });
});

describe('the delivery state in SQLite', () => {
  const folder = useFolder();
  const open = async () => openSqliteDeliveryState({ file: join(folder(), 'event-bus-delivery.db') });
  deliveryStateContract({
    open,
    async reopen(state) {
      await state.close();
      return open();
    },
  });
});
