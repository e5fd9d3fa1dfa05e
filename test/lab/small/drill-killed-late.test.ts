/** A drill that is killed when the site has come back, and the database is on its way. */

import { killedIn, LATE } from './killed-drill.js';

killedIn('a drill that is killed late', LATE);
