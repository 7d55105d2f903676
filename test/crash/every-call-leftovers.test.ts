import { strikeEveryCall } from './every-call';
import { adoption, adoptionOfOld, orphan } from './scenarios';

strikeEveryCall([adoption, adoptionOfOld, orphan]);
