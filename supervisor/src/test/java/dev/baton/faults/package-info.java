/**
 * The fault suite: the real program under load while a seeded schedule of faults is carried out,
 * and an account of every client and every worker afterwards. {@link dev.baton.faults.FaultSuiteIT}
 * runs it; nothing in an account may be unexplained.
 */
package dev.baton.faults;
