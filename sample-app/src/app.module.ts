import { readConfiguration } from './configuration/configuration.js';
import { ShopModule } from './shop.module.js';

/** The application as the environment configures it, for the command: `npx nest-sessions check dist/app.module.js`. */
export default ShopModule.forRoot(readConfiguration(process.env));
