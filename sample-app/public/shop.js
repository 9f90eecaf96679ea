// Makes the pages quicker to use. Without it every form and link works all the same.
import './countdown.js';
import './live-forms.js';
import './two-at-once.js';
