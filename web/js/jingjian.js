// Comfort for every page. Nothing here is needed to read or to submit: what a script offers is hidden until it runs.
// Words for people come from the page (data- attributes), so that they are translated like all others.
import { copyButtons } from './copy.js';
import { drafts } from './draft.js';
import { jobs } from './job.js';
import { charts } from './lazy.js';
import { menus } from './menu.js';
import { trees } from './tree.js';
import { uploads } from './upload.js';
import { worklog } from './worklog.js';

menus();
trees();
copyButtons();
drafts();
uploads();
jobs();
charts();
worklog();
