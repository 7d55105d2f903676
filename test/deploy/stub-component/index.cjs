// Stands in for the fc3 component: writes down what it is asked to do, one JSON object per line.
'use strict';

const { appendFileSync } = require('node:fs');

class Stub {
  async deploy(inputs) {
    return this.#record(inputs);
  }

  async invoke(inputs) {
    return this.#record(inputs);
  }

  #record({ command, resource, props, args }) {
    appendFileSync(
      process.env.RECORD,
      `${JSON.stringify({ command, resource: resource.name, props, args })}\n`,
    );
    return {};
  }
}

exports.default = Stub;
