/** What the load of a function is measured against: the two SDKs that it cannot do without, and nothing else. */
export * as kms from '@alicloud/kms20160120';
export * as ram from '@alicloud/ram20150501';
