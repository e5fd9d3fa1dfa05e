/**
 * What each test file leaves behind is taken away. Files of a worker share their modules (`isolate: false`), so a hook in a module that
 * they import would be registered for the first of them alone; vitest runs a setup file anew for each.
 */

import fc from 'fast-check';
import { afterAll, afterEach } from 'vitest';
import { close } from './agents/ward/listening.js';
import { cases } from './nightly.js';
import { removeFolders } from './temporary-folder.js';

// Properties that do not say how many cases they want.
fc.configureGlobal({ numRuns: cases(100, 1000) });
afterEach(close);
afterAll(removeFolders);
