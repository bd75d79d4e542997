// A thread of the engine simd: asked by simd-team.ts.
import { teamMember } from './simd-member.js';
import { answerQuestions } from './thread-answer.js';

answerQuestions(teamMember());
