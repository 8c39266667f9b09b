// Whatever somebody exports of what the package gives them: each type in it has a name that can be written down.
import * as front from 'breakwater';
import * as client from 'breakwater/client';
import * as constructs from 'breakwater/constructs';
import * as runtime from 'breakwater/runtime';
import * as testing from 'breakwater/testing';
import * as language from 'breakwater/workflow';

export const everything = { ...front, ...client, ...constructs, ...runtime, ...testing, ...language };
