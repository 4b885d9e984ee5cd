import { describeTokens } from '../../test/token-suite.ts';

describeTokens('koffi');
