const prices = { mug: 1250, lamp: 5990 };

/** As it was before anybody knew of workflows: an event in, an answer out. */
export const handler = async ({ sku, quantity }, context) => {
  console.log(JSON.stringify({ quoted: sku, key: context.clientContext?.custom?.idempotencyKey }));
  if (!(sku in prices)) {
    throw Object.assign(new Error(JSON.stringify({ sku })), { name: 'NotSold' });
  }
  return { total: prices[sku] * quantity };
};
