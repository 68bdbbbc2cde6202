/** The smallest useful plugin. */
package dev.baton.samples.hello;
