// A worker of workerd, as Cloudflare runs them; each request brings the inputs.
import { createDetector, createVerifier } from '@facepipe/core/inline';
import { probe } from './probe.js';
import { readInputs } from './sent.js';

export default {
  async fetch(request) {
    const { inputs, names } = await request.json();
    return Response.json(await probe({ createDetector, createVerifier }, readInputs(inputs), names));
  },
};
