// Synthesis takes seconds where the machine is busy: jest's own limit of five is for tests that compute.
import { jest } from '@jest/globals';

jest.setTimeout(120_000);
