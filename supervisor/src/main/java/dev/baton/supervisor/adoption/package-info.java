/** Workers whose supervisor is gone find the next one here (design: adoption, rejoin). */
package dev.baton.supervisor.adoption;
