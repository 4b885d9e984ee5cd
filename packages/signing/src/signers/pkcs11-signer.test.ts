import { describeTokens } from '../../test/token-suite.ts';

describeTokens('pkcs11js');
