import { strikeEveryCall } from './every-call';
import { containment, replacing, replacingWithSpare } from './scenarios';

strikeEveryCall([containment, replacing, replacingWithSpare]);
