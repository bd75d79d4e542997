// The server of a Next application, which uses the package as well; each request brings the inputs.
import { createDetector, createVerifier } from '@facepipe/core';
import { probe } from '../../probe.js';
import { readInputs } from '../../sent.js';

export async function POST(request) {
  const { inputs, names } = await request.json();
  return Response.json(await probe({ createDetector, createVerifier }, readInputs(inputs), names));
}
