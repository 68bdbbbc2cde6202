/** Two processes on one stream, to be measured. */
package dev.baton.benchmarks.streams;
