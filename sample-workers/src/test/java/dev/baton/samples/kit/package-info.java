/** What the tests of the samples share. */
package dev.baton.samples.kit;
