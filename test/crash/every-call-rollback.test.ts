import { strikeEveryCall } from './every-call';
import { rollingBack, rollingBackInGrace } from './scenarios';

strikeEveryCall([rollingBack, rollingBackInGrace]);
