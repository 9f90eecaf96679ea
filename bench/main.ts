import { type Options, type Part, readOptions, USAGE } from './options.js';
import { compare } from './parts/compare.js';
import { costs } from './parts/costs.js';
import { growth } from './parts/growth.js';
import { profiles } from './parts/profiles.js';
import { pruning } from './parts/pruning.js';
import { report } from './parts/report.js';
import { Stores } from './stores/stores.js';

const MEASUREMENTS: Record<Exclude<Part, 'report'>, (options: Options, stores: Stores) => Promise<unknown>> = {
  compare,
  costs,
  profiles,
  growth,
  pruning,
};

const options = optionsOrExit();
for (const part of options.parts) {
  if (part === 'report') await report();
  else await withStores((stores) => MEASUREMENTS[part](options, stores));
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(1);
  }
}

async function withStores(task: (stores: Stores) => Promise<unknown>): Promise<void> {
  const stores = await Stores.open();
  const leave = (signal: string): void => {
    console.error(`Stopped by ${signal}.`);
    void stores.close().finally(() => process.exit(1));
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    await task(stores);
  } finally {
    await stores.close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}
